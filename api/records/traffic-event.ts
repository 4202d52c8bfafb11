/** 交通事件 / Traffic event: generated from urn:datong:traffic-event:1.0, do not edit. */

/** 交通事件 / Traffic event; 道路交通事件；字段自 DATEX II v3 Situation（SituationRecord） */
export interface TrafficEventRecord {
  /** 事件编号 / Situation id */
  situation_id: string;
  /** 记录编号 / Record id */
  record_id: string;
  /** 版本 / Version */
  version: number;
  /** 类型 / Type (xsi:type) */
  type:
    | 'Accident'
    | 'AbnormalTraffic'
    | 'AnimalPresenceObstruction'
    | 'EnvironmentalObstruction'
    | 'GeneralObstruction'
    | 'InfrastructureDamageObstruction'
    | 'MaintenanceWorks'
    | 'ConstructionWorks'
    | 'NonWeatherRelatedRoadConditions'
    | 'WeatherRelatedRoadConditions'
    | 'PublicEvent'
    | 'ReroutingManagement'
    | 'RoadOrCarriagewayOrLaneManagement'
    | 'SpeedManagement'
    | 'VehicleObstruction';
  /** 严重程度 / Severity */
  severity: 'highest' | 'high' | 'medium' | 'low' | 'lowest' | 'none' | 'unknown';
  /** 可信度 / Probability of occurrence */
  probability: 'certain' | 'probable' | 'riskOf';
  /** 创建时间 / Created at; format: date-time */
  created_at: string;
  /** 观测时间 / Observed at; format: date-time */
  observed_at: string | null;
  /** 开始时间 / Overall start time; format: date-time */
  starts_at: string;
  /** 结束时间 / Overall end time; format: date-time */
  ends_at: string | null;
  /** 道路编号 / Road number */
  road: string;
  /** 方向 / Direction */
  direction: 'both' | 'positive' | 'negative' | 'unknown';
  /** 经度 / Longitude; unit: deg */
  lon: number | null;
  /** 纬度 / Latitude; unit: deg */
  lat: number | null;
  /** 行政区划代码 / Administrative division; format: cn-admin-code */
  region_code: string;
  /** 关闭车道数 / Lanes closed */
  lanes_closed: number | null;
  /** 临时限速 / Temporary speed limit; unit: km/h */
  speed_limit: number | null;
  /** 说明 / Public comments */
  comments: {
    language: 'zh' | 'en';
    text: string;
  }[];
}
