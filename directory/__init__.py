"""The domain: what a therapist, a credential, a place and a rule are. Imports nothing of ours."""
