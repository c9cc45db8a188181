"""Reports as the other systems know them: their rows, their workflows, their documents."""
