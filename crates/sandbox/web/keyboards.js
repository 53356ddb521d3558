// The chat page of the sandbox: keyboards.
