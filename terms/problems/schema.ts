export const schemaProblems = {} as const;
