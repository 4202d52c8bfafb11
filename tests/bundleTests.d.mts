export function bundleTests(files: readonly string[]): Promise<string[]>;
