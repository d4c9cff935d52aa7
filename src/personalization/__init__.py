"""E-mail personalisation inside the warehouse: the mathematics behind the dbt project."""
