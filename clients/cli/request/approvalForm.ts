/** 政务数据共享申请审批表: a request as one page that an office prints, signs and files. */
import type { RequestView } from '../../sdk/requests.ts';
import { formTitle, requestForm } from '../../../terms/requestForm/requestForm.ts';
import { formRow, printedForm } from '../printedForm.ts';

/** @returns an HTML document, UTF-8, in Chinese */
export const approvalForm = (view: RequestView): string =>
  printedForm(
    view.id,
    formTitle.zh,
    requestForm(view).map(({ title, lines }) => formRow(title.zh, ...lines.map(({ zh }) => zh))),
  );
