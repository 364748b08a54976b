"""The crawler room: collects pages, politely and safely, and hands them to cleaning and storage."""
