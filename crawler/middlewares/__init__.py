"""What every request and answer passes through: robots.txt, budgets, addresses that are refused."""
