"""The site: patients, physicians, reviewers, API."""
