/** 突发事件预警 / Emergency alert: generated from urn:datong:emergency-alert:1.0, do not edit. */

/** 突发事件预警 / Emergency alert; 预警信息；字段自 OASIS CAP 1.2，区域代码依据 GB/T 2260 */
export interface EmergencyAlertRecord {
  /** 预警编号 / Identifier */
  identifier: string;
  /** 发布单位 / Sender */
  sender: string;
  /** 发送时间 / Sent at; format: date-time */
  sent: string;
  /** 性质 / Status */
  status: 'Actual' | 'Exercise' | 'System' | 'Test' | 'Draft';
  /** 消息类型 / Message type */
  msg_type: 'Alert' | 'Update' | 'Cancel' | 'Ack' | 'Error';
  /** 范围 / Scope */
  scope: 'Public' | 'Restricted' | 'Private';
  /** 所引用的预警 / References */
  references: string[];
  /** 内容 / Info */
  info: Info[];
}

/** 内容 / Info */
export interface Info {
  language: 'zh-CN' | 'en-US';
  category: (
    | 'Geo'
    | 'Met'
    | 'Safety'
    | 'Security'
    | 'Rescue'
    | 'Fire'
    | 'Health'
    | 'Env'
    | 'Transport'
    | 'Infra'
    | 'CBRNE'
    | 'Other'
  )[];
  /** 事件 / Event */
  event: string;
  urgency: 'Immediate' | 'Expected' | 'Future' | 'Past' | 'Unknown';
  /** 严重程度 / Severity */
  severity: 'Extreme' | 'Severe' | 'Moderate' | 'Minor' | 'Unknown';
  certainty: 'Observed' | 'Likely' | 'Possible' | 'Unlikely' | 'Unknown';
  /** format: date-time */
  effective?: string | null;
  /** 失效时间 / Expires; format: date-time */
  expires: string | null;
  headline: string;
  description?: string | null;
  instruction?: string | null;
  areas: Area[];
}

export interface Area {
  description: string;
  /** Items: format: cn-admin-code */
  region_codes: string[];
  circle?: string;
}
