// The chat page of the sandbox: sheets.
