export const intakeProblems = {} as const;
