/** The sign-in page of a demo: what each identity may do. */
import type { demoZh } from './zh.ts';

export const demoEn: Readonly<Record<keyof typeof demoZh, string>> = {
  personApp: 'For citizens',
  personAppText:
    'The invented city’s app brings a person to their own page: who accessed their data; withdraw a consent; object.',
  personAppOpen: 'Open the invented city’s app',
  hint_operator: 'Try: connect a department, invite a person; another person confirms',
  hint_steward_office:
    'Try: open the schema that waits in the inbox, look at change and impact, publish it; catalogue, matters, demands',
  hint_steward:
    'Try: find data in the catalogue and ask for it; review a colleague’s request in the inbox (your own is reviewed by another person)',
  hint_security: 'Try: approve agreements and requests as the second person; release or drop a held batch',
  hint_auditor:
    'Try: open a finding, look at its entries, acknowledge it; search the log, ask for evidence, print',
  hint_clerk:
    'Try: open the held batch under Submissions, correct its rows and send them again; in an appointed department also the counter’s desk',
  hint_leader: 'Try: open the board and press a number to see the rows that it counts',
};
