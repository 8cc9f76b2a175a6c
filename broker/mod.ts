export { type BrokerConfig, brokerOptions, brokerSchema } from './config.ts';
export { type Broker, type BrokerOptions, startBroker } from './main.ts';
export { brokerMetrics } from './metrics.ts';
