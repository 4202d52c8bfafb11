interface Wanted {
  readonly path: string;
  readonly body?: object;
}

/** Calls of the log's officers, of the search and of an agreement's use, for the test of roles. */
export const officerTargets = <T>(officeOnly: (wanted: Wanted) => T) => ({
  search: officeOnly({ path: '/v1/search?q=none' }),
  showAgreementUse: officeOnly({ path: '/v1/policy/documents/none/use' }),
  listViewCounts: officeOnly({ path: '/v1/log/views' }),
  listLogReads: officeOnly({ path: '/v1/log/reads' }),
  listLogFindings: officeOnly({ path: '/v1/log/findings' }),
  showLogState: officeOnly({ path: '/v1/log/state' }),
  showRetention: officeOnly({ path: '/v1/log/retention' }),
  listDestructions: officeOnly({ path: '/v1/log/destructions' }),
  listHolds: officeOnly({ path: '/v1/legal-holds' }),
  showFigures: officeOnly({ path: '/v1/figures' }),
});
