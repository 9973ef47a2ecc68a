"""The screens: they draw state and call verbs, and know no form by name."""
