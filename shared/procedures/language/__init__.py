"""The pack language: the model of a pack and of the company, read from YAML with its lines."""
