"""Pure reading: rows, files and pages as they come, turned to the directory's own records."""
