interface Wanted {
  readonly path: string;
  readonly body?: object;
}

/** An upload that does not exist is the office's: its department is not known. */
const upload = '/v1/attachments/01890000-0000-7000-8000-000000000000';

/** Calls of cases, their attachments and invented rows, for the test of roles. */
export function caseTargets<T>(
  departmentsOnly: (wanted: (owner: string) => Wanted) => T,
  officeOnly: (wanted: Wanted) => T,
) {
  const forDepartment = (at: string, body?: object, more = '') =>
    departmentsOnly((owner) => ({
      path: `/v1/datasets/none.none/${at}?department=${owner}${more}`,
      ...(body === undefined ? {} : { body }),
    }));
  const asked = { agreement: 'agr-none', purpose: 'none' };
  return {
    listAreas: officeOnly({ path: '/v1/areas' }),
    showCaseStatistics: officeOnly({ path: '/v1/datasets/none.none/case-statistics' }),
    listCaseDatasets: officeOnly({ path: '/v1/case-datasets' }),
    queryCases: forDepartment('cases', asked),
    trySandbox: forDepartment('sandbox-trials', {}),
    downloadCaseAttachment: forDepartment(
      'cases/attachments/01890000-0000-7000-8000-000000000000',
      undefined,
      '&agreement=agr-none&purpose=none',
    ),
    changeRow: forDepartment('rows/changes', { key: { none: '1' }, version: 1, set: { none: '1' } }),
    openAttachment: forDepartment('attachments', {
      field: 'none',
      name: 'none',
      mediaType: 'image/png',
      bytes: 1,
      sha256: '0'.repeat(64),
    }),
    getAttachment: officeOnly({ path: upload }),
    putAttachmentPart: officeOnly({ path: `${upload}/parts/0` }),
    finishAttachment: officeOnly({ path: `${upload}/finish` }),
  };
}
