"""Language models behind the `Generator` port: one backend a module, imported when it is used."""
