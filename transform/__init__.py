"""What the data means: the dbt project, and the scripts that generate its lists and score its results."""
