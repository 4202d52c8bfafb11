/** Operations by which staff read the log or its subjects, and the operation that shows who did. */
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
  'listViewCounts',
] as const;
