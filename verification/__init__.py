"""Claims to ledger: rules, registers, exclusions and the computed badge."""
