/** What a held batch would change for readers, as the hub returns it. */
import type { components } from '../../api/openapi.ts';

export type BatchDifference = components['schemas']['BatchDifference'];

/** Demands for data that no department offers yet, as the hub returns them. */
export type DemandView = components['schemas']['DemandView'];

export type DemandList = components['schemas']['DemandList'];

/** Disputes between departments as the hub returns them. */
export type DisputeList = components['schemas']['DisputeList'];

export type DisputeView = components['schemas']['DisputeView'];

/** The service behind a live dataset, as `showLiveService` returns it. */
export type LiveServiceShown = components['schemas']['LiveServiceShown'];

/** Persons who sign for a department by passkey: the shapes of openapi.yaml. */
export type MandateView = components['schemas']['MandateView'];

export type MandateList = components['schemas']['MandateList'];

export type PasskeyList = components['schemas']['PasskeyList'];

export type PolicyDocumentView = components['schemas']['PolicyDocumentView'];

/** Pulls as the hub returns them. */
export type PullShown = components['schemas']['PullShown'];

export type PullList = components['schemas']['PullList'];

/** Addresses for reminders of persons and departments, as the hub returns them. */
export type ReminderAddressList = components['schemas']['ReminderAddressList'];

export type RemindersSet = components['schemas']['RemindersSet'];

export type DeadReminderList = components['schemas']['DeadReminderList'];

export type RemindersReplayed = components['schemas']['RemindersReplayed'];

/** Requests for data as the hub returns them. */
export type RequestView = components['schemas']['RequestView'];

export type RequestSummary = components['schemas']['RequestSummary'];

export type RequestPapers = components['schemas']['RequestPapers'];

/** Deputies of a data steward: the shapes of openapi.yaml. */
export type StandInList = components['schemas']['StandInList'];

export type PersonList = components['schemas']['PersonList'];

/** Departments that have one data steward and no second approver. */
export type MissingSecondApprovers = components['schemas']['Waiting']['seconds'];

/** Findings of the log's jobs, and the rows that one is about, as the hub returns them. */
export type LogFindings = components['schemas']['LogFindings'];

export type FoundRows = components['schemas']['FoundRows'];

/** A dataset with cases, for one department that works on them. */
export type CaseDataset = components['schemas']['CaseDataset'];
/** Cases with their versions and deadlines. */
export type CasesAnswer = components['schemas']['QueryAnswer'];
/** Figures of the cases of a dataset, as the hub returns them. */
export type CaseStatistics = components['schemas']['CaseStatistics'];

/** A dataset that was moved to another version of its schema. */
export type DatasetMoved = components['schemas']['DatasetMoved'];

/** What an operator without a monitoring system sees. */
export type FiguresShown = components['schemas']['Figures'];

/** Items that wait, as the board lists them. */
export type BoardItem = components['schemas']['BoardItem'];

export type BoardItems = components['schemas']['BoardItems'];

/** Quality of datasets by week, as the hub returns it. */
export type QualityWeeks = components['schemas']['QualityWeeks'];
