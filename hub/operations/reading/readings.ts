import type { OperationRows } from '../../gate/bindRows.ts';
import { listDepartments } from '../identity/listDepartments.ts';
import { listCertificates } from '../identity/listCertificates.ts';
import { listCodeLists } from '../registry/listCodeLists.ts';
import { listPurposes } from '../registry/listPurposes.ts';
import { listSchemas } from '../registry/listSchemas.ts';
import { showUses } from '../registry/showUses.ts';
import { showSchema } from '../registry/showSchema.ts';
import { searchCatalogue } from '../catalogue/searchCatalogue.ts';
import { listElementSources } from '../catalogue/listElementSources.ts';
import { showCatalogueEntry } from '../catalogue/showCatalogueEntry.ts';
import { listMatters } from '../matters/listMatters.ts';
import { showMatter } from '../matters/showMatter.ts';
import { listDatasets } from '../registry/listDatasets.ts';
import { showDataset } from '../registry/showDataset.ts';
import { listPolicyDocuments } from '../policy/listPolicyDocuments.ts';
import { listBatches } from '../intake/listBatches.ts';
import { showQuality } from '../intake/showQuality.ts';
import { listDuties } from '../duties/listDuties.ts';
import { listRequests } from '../requests/listRequests.ts';
import { listRequestTemplates } from '../requestTemplates/listRequestTemplates.ts';
import type { Services } from '../services.ts';
import type { Reading } from './reach.ts';

/** What departments and staff read of what is registered, each as far as the table of who may do what reaches. */
export const readings = {
  listDepartments: { kind: 'inspect', run: listDepartments },
  listCertificates: { kind: 'inspect', run: listCertificates },
  listCodeLists: { kind: 'inspect', run: listCodeLists },
  listPurposes: { kind: 'inspect', run: listPurposes },
  listSchemas: { kind: 'inspect', run: listSchemas },
  showSchema: { kind: 'inspect', run: showSchema },
  searchCatalogue: { kind: 'inspect', run: searchCatalogue },
  showCatalogueEntry: { kind: 'inspect', run: showCatalogueEntry },
  showUses: { kind: 'inspect', run: showUses },
  listElementSources: { kind: 'inspect', run: listElementSources },
  listMatters: { kind: 'inspect', run: listMatters },
  showMatter: { kind: 'inspect', run: showMatter },
  listDatasets: { kind: 'inspect', run: listDatasets },
  showDataset: { kind: 'inspect', run: showDataset },
  listPolicyDocuments: { kind: 'inspect', run: listPolicyDocuments },
  listBatches: { kind: 'inspect', run: listBatches },
  showQuality: { kind: 'inspect', run: showQuality },
  listDuties: { kind: 'inspect', run: listDuties },
  listRequests: { kind: 'inspect', run: listRequests },
  listRequestTemplates: { kind: 'inspect', run: listRequestTemplates },
} as const satisfies OperationRows<Reading, Services>;
