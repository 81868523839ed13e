"""What the departments say to each other, as documents: JSON Schemas, AsyncAPI, and what a release promised."""
