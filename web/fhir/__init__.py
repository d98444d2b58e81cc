"""A read-only FHIR R4 interface to the directory."""
