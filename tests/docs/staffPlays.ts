/**
 * The commands of /docs that change something on the staff or the open listener, as they fare on a hub of the test's own: typed as they are
 * shown; typed with an id that an earlier one was answered with; or refused for what they name of another hub, by exactly one code.
 */

/** Who types: a role, and the department, or the data office where none is named. */
export type Typist = string;

/** What the same command does again changes nothing: 200, whatever the first was answered with. */
export const asShown: Readonly<Record<string, Typist>> = {
  takePaperConsent: 'steward@pub-security',
  viewSubjectAtCounter: 'clerk@pub-security',
  delayView: 'security',
  registerDepartment: 'operator',
  issueEnrolmentCode: 'operator',
  tryDataset: 'operator',
  trySchema: 'operator',
  tryMasks: 'operator',
  trySandbox: 'steward@education',
  suspendAgreement: 'operator',
  tryPolicyDocument: 'operator',
  tryResponsePlan: 'operator',
  simulatePolicy: 'operator',
  registerProcedure: 'operator',
  makeDemand: 'steward@education',
  raiseDispute: 'steward@pub-security',
  registerRequestTemplate: 'steward',
  importApproval: 'steward',
  withdrawResponsePlan: 'operator',
  invitePerson: 'operator',
  offerAuthenticator: 'operator',
  offerPasskey: 'operator',
  issueToken: 'operator',
  setRetention: 'steward',
  rotateLogKey: 'operator',
  searchEntries: 'auditor',
  saveSearch: 'auditor',
  exportPack: 'auditor',
  sealSubjects: 'auditor',
  askEvidence: 'auditor',
  replayOwnReminders: 'operator',
  replayDepartmentReminders: 'steward@education',
};

/** Registered on this hub already, word for word: returned as existing, with 200. */
export const alreadyRegistered: Readonly<Record<string, Typist>> = {
  appointPersonService: 'operator',
  registerCodeList: 'operator',
  registerPurpose: 'operator',
  registerMatter: 'operator',
  registerNotice: 'operator',
  registerCatalogueEntry: 'operator',
  registerSchema: 'operator',
  registerDataset: 'operator',
  registerTopic: 'operator',
  registerResponsePlan: 'operator',
  registerMapping: 'operator',
  submitPolicyDocument: 'operator',
};

export type Answers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
export interface Following {
  readonly by: Typist;
  /** in the place of what is shown */
  readonly path?: (answers: Answers) => string;
  readonly body?: (answers: Answers) => object;
}

const text = (answers: Answers, of: string, member: string): string => String(answers[of]?.[member]);

/** In this order, after all of the above: with what those were answered. */
export const following: Readonly<Record<string, Following>> = {
  acceptProposal: {
    by: 'second security',
    path: (answers) => `/v1/proposals/${text(answers, 'delayView', 'proposal')}/acceptance`,
    body: (answers) => ({ digest: text(answers, 'waiting', 'digest') }),
  },
  endViewDelay: {
    by: 'security',
    path: (answers) => `/v1/view-delays/${text(answers, 'delayView', 'id')}/end`,
  },
  refuseProposal: {
    by: 'second security',
    path: (answers) => `/v1/proposals/${text(answers, 'setRetention', 'proposal')}/refusal`,
  },
  actOnDemand: {
    by: 'steward@education',
    path: (answers) => `/v1/demands/${text(answers, 'makeDemand', 'id')}/acts`,
  },
  grantRole: {
    by: 'operator',
    path: (answers) => `/v1/persons/${text(answers, 'invitePerson', 'person')}/roles`,
  },
  endPerson: {
    by: 'operator',
    path: (answers) => `/v1/persons/${text(answers, 'invitePerson', 'person')}/end`,
  },
  revokeToken: {
    by: 'operator',
    path: (answers) => `/v1/tokens/${text(answers, 'issueToken', 'id')}/revocation`,
  },
  revokeCertificate: {
    by: 'operator',
    path: (answers) => `/v1/certificates/${text(answers, 'machine', 'serial')}/revocation`,
  },
  dropSavedSearch: { by: 'auditor', body: (answers) => ({ name: text(answers, 'saveSearch', 'name') }) },
  answerEvidence: {
    by: 'security',
    path: (answers) => `/v1/log/evidence/${text(answers, 'sealSubjects', 'id')}/answer`,
  },
  openSubjects: {
    by: 'auditor',
    path: (answers) => `/v1/log/incidents/subjects/${text(answers, 'sealSubjects', 'id')}/opening`,
  },
};

/** What no other hub can answer, with the one code that reports it: an id, a person, a signature, a place that this hub does not have. */
export const ofAnotherHub: Readonly<Record<string, readonly [by: Typist, code: string]>> = {
  queryCases: ['clerk@education', 'dataset_unknown'],
  releaseBatch: ['steward', 'batch_unknown'],
  dropBatch: ['steward', 'batch_unknown'],
  restoreBatch: ['steward', 'batch_unknown'],
  retranslateBatch: ['steward', 'batch_unknown'],
  withdrawConsentAtCounter: ['clerk@pub-security', 'consent_unknown'],
  confirmKey: ['operator', 'not_found'],
  objectToKey: ['steward', 'not_found'],
  refuseKey: ['steward', 'not_found'],
  withdrawCodeList: ['operator', 'not_found'],
  registerElementSource: ['operator', 'department_unknown'],
  endMatter: ['operator', 'not_found'],
  importCatalogue: ['operator', 'department_unknown'],
  tryCatalogueImport: ['operator', 'department_unknown'],
  decideSchema: ['steward', 'not_found'],
  rebindDataset: ['operator', 'unknown_reference'],
  beginChangeover: ['steward@pub-security', 'dataset_unknown'],
  tryRules: ['steward@pub-security', 'not_your_department'],
  decideChangeover: ['steward', 'dataset_unknown'],
  amendDataset: ['steward@pub-security', 'not_your_department'],
  decideDataset: ['steward@pub-security', 'retirement_read_anew'],
  placeHold: ['security', 'unknown_reference'],
  setOwnReminders: ['operator', 'reminder_place_not_allowed'],
  setDepartmentReminders: ['steward@education', 'reminder_place_not_allowed'],
  registerPull: ['steward@pub-security', 'dataset_unknown'],
  runPull: ['steward@pub-security', 'pull_unknown'],
  pausePull: ['steward@pub-security', 'pull_unknown'],
  resumePull: ['steward@pub-security', 'pull_unknown'],
  endPull: ['steward@pub-security', 'pull_unknown'],
  registerLiveService: ['steward@pub-security', 'mapping_unknown'],
  endLiveService: ['steward', 'live_service_unknown'],
  approvePolicyDocument: ['steward', 'transition_not_allowed'],
  giveMandate: ['steward@pub-security', 'mandate_invalid'],
  revokeMandate: ['operator', 'not_found'],
  offerPolicySignature: ['steward', 'not_found'],
  signPolicyDocument: ['steward', 'not_found'],
  resumeAgreement: ['steward', 'not_found'],
  makeRequest: ['steward@education', 'policy_does_not_compile'],
  nameStandIn: ['operator', 'person_unknown'],
  endStandIn: ['operator', 'not_found'],
  actOnDispute: ['steward', 'transition_not_allowed'],
  withdrawRequestTemplate: ['steward', 'not_found'],
  answerRequest: ['steward', 'not_found'],
  confirmPerson: ['operator', 'person_unknown'],
  acceptInvitation: ['operator', 'invitation_invalid'],
  endSession: ['operator', 'session_unknown'],
  offerAccount: ['operator', 'accounts_not_used'],
  registerAccount: ['operator', 'accounts_not_used'],
  registerPasskey: ['operator', 'challenge_invalid'],
  eraseSubject: ['steward', 'erasure_invalid'],
  replaceAuthority: ['operator', 'authority_foreign'],
  orderDestruction: ['steward', 'retention_invalid'],
  liftHold: ['security', 'not_found'],
  restoreRows: ['auditor', 'not_found'],
  verifyDataset: ['auditor', 'not_found'],
  acknowledgeRisk: ['auditor', 'not_found'],
  urgeItem: ['leader', 'not_found'],
  escalateRisk: ['auditor', 'not_found'],
  assessIncident: ['auditor', 'batch_unknown'],
  enrol: ['operator', 'enrolment_code_invalid'],
  graceRenew: ['operator', 'certificate_missing'],
};
