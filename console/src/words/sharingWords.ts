/** The word of each kind of sharing. */
export const sharingWords = {
  unconditional: 'unconditional',
  conditional: 'conditional',
  none: 'notShared',
} as const;
