export const exchangeProblems = {} as const;
