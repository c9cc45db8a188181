"""`make report`: one question, one PDF."""
