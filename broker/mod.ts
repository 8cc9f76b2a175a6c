export { type BrokerConfig, brokerSchema } from './config.ts';
export { type Broker, type BrokerOptions, startBroker } from './main.ts';
