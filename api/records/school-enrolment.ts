/** 学籍信息 / School enrolment: generated from urn:datong:school-enrolment:1.0, do not edit. */

/** 学籍信息 / School enrolment; 中小学生学籍；参照 JY/T 1001、JY/T 1002 教育管理信息标准 */
export interface SchoolEnrolmentRecord {
  /** 全国学籍号 / National student number */
  student_no: string;
  /** 公民身份号码 / Citizen identity number; format: cn-resident-id */
  person_id: string;
  /** 姓名 / Name */
  name: string;
  /** 性别 / Sex */
  sex: string;
  /** 学校标识码 / School code */
  school_code: string;
  /** 学校名称 / School */
  school_name: string;
  /** 学段 / Stage */
  stage: '小学' | '初中' | '普通高中' | '中等职业';
  /** 年级 / Grade */
  grade: number;
  /** 班级 / Class */
  class_no: string;
  /** 入学日期 / Enrolled on; format: date */
  enrolled_on: string;
  /** 入学方式 / Kind of enrolment */
  enrolment_kind: '就近入学' | '统一招生' | '随迁子女' | '特长' | '其他';
  /** 是否寄宿 / Boards at school */
  boarding: boolean;
  /** 监护人公民身份号码 / Identity number of the guardian; format: cn-resident-id */
  guardian_id: string | null;
  /** 监护人关系 / Relation of the guardian */
  guardian_relation: '父亲' | '母亲' | '祖父母' | '外祖父母' | '其他' | null;
  /** 学籍状态 / State */
  status: '在读' | '休学' | '转出' | '毕业' | '辍学';
}
