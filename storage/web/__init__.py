"""The reading pages: Datasette on a store, with routes of our own over `storage.search`.  The modules need Datasette."""
