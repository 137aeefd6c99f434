"""The HTML report: one file per section, each turning a result into what its template shows."""
