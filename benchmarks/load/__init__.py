"""Many reports at a set rate against a running stack: what they wait for, and what each costs."""
