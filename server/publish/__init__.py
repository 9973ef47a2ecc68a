"""What is made before anything is served: the forms as JSON, and the field app as files that a browser can load."""
