/** 就诊记录 / Medical visit: generated from urn:datong:medical-visit:1.0, do not edit. */

/** 就诊记录 / Medical visit; 一次就诊；字段自 HL7 v2 ADT（PID、PV1、DG1 段），诊断编码 ICD-10 */
export interface MedicalVisitRecord {
  /** 就诊号 / Visit number (PV1-19) */
  visit_id: string;
  /** 患者标识 / Patient identifier (PID-3) */
  patient_id: string;
  /** 公民身份号码 / Citizen identity number; format: cn-resident-id */
  person_id: string | null;
  /** 姓名 / Name (PID-5) */
  name: string;
  /** 性别 / Sex (PID-8) */
  sex: 'F' | 'M' | 'O' | 'U' | 'A' | 'N';
  /** 出生日期 / Date of birth (PID-7); format: date */
  birth_date: string | null;
  /** 就诊类别 / Patient class (PV1-2) */
  class: 'E' | 'I' | 'O' | 'P' | 'R' | 'B';
  /** 医疗机构统一社会信用代码 / Code of the facility; format: cn-uscc */
  facility_uscc: string;
  /** 科室 / Department (PV1-3) */
  department: string;
  /** 主治医师 / Attending doctor (PV1-7) */
  attending: string | null;
  /** 就诊（入院）时间 / Admitted at (PV1-44); format: date-time */
  admitted_at: string;
  /** 离院时间 / Discharged at (PV1-45); format: date-time */
  discharged_at: string | null;
  /** 诊断 / Diagnoses (DG1) */
  diagnoses: {
    /** 疾病编码 / ICD-10 code */
    code: string;
    /** 诊断名称 / Name */
    name: string;
    /** 诊断类型 / Kind (DG1-6) */
    kind: 'A' | 'W' | 'F';
  }[];
  /** 离院方式 / Discharge disposition (PV1-36) */
  disposition: string | null;
}
