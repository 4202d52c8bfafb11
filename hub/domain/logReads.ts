/** Operations by which staff look into the log or at whom its entries concern, and the one that shows who did. */
export const logReads = [
  'searchEntries',
  'listEntries',
  'getEntryBundle',
  'exportPack',
  'askEvidence',
  'getEvidence',
  'assessIncident',
  'sealSubjects',
  'openSubjects',
  'listDestructions',
  'showRisk',
  'viewSubjectAtCounter',
  'listLogReads',
] as const;
