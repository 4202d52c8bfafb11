/** 环境空气质量小时值 / Hourly air quality: generated from urn:datong:air-quality-hourly:1.0, do not edit. */

/** 环境空气质量小时值 / Hourly air quality; 一个监测点一小时的污染物浓度与气象；污染物项目依据 GB 3095-2012 */
export interface AirQualityHourlyRecord {
  /** 监测点 / Station */
  station: string;
  /** 监测时间 / Time of measurement; format: date-time */
  time: string;
  /** 细颗粒物 PM2.5 / PM2.5; unit: ug/m3 */
  pm25: number | null;
  /** 可吸入颗粒物 PM10 / PM10; unit: ug/m3 */
  pm10: number | null;
  /** 二氧化硫 / Sulphur dioxide; unit: ug/m3 */
  so2: number | null;
  /** 二氧化氮 / Nitrogen dioxide; unit: ug/m3 */
  no2: number | null;
  /** 一氧化碳 / Carbon monoxide; unit: ug/m3 */
  co: number | null;
  /** 臭氧 / Ozone; unit: ug/m3 */
  o3: number | null;
  /** 气温 / Air temperature; unit: Cel */
  temp: number | null;
  /** 气压 / Air pressure; unit: hPa */
  pres: number | null;
  /** 露点温度 / Dew point; unit: Cel */
  dewp: number | null;
  /** 降水量 / Rainfall; unit: mm */
  rain: number | null;
  /** 风向 / Wind direction */
  wind_direction:
    | 'N'
    | 'NNE'
    | 'NE'
    | 'ENE'
    | 'E'
    | 'ESE'
    | 'SE'
    | 'SSE'
    | 'S'
    | 'SSW'
    | 'SW'
    | 'WSW'
    | 'W'
    | 'WNW'
    | 'NW'
    | 'NNW'
    | null;
  /** 风速 / Wind speed; unit: m/s */
  wind_speed: number | null;
}
