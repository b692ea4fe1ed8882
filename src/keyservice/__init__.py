"""The key service: identity and keys, behind the vault port."""
