// Show a cart on the guest's screen until stopped: node cart.js HOST:PORT
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');
const from = { includeDirs: [`${__dirname}/..`], keepCase: true, longs: String, enums: String, defaults: true };
const { heard } = grpc.loadPackageDefinition(loader.loadSync('heard/v1/service.proto', from));
const till = new heard.v1.PosService(process.argv[2], grpc.credentials.createInsecure());
const who = new grpc.Metadata();
who.set('heard-device', 'T2');
who.set('heard-incarnation', String(Date.now()));

const kofta = { line_id: '1', quantity_milli: 2000, unit_price_minor: 1800, total_minor: 3600 };
kofta.name = { by_language: { en: 'Kofta', ar: 'كفتة' } };
const cart = { terminal: 'T2', cart_revision: 1, state: 'CART_STATE_OPEN', currency: 'SAR', lines: [kofta] };
Object.assign(cart, { subtotal_minor: 3600, total_minor: 3600, tax_minor: 470, tax_rate_bp: 1500, tax_included: true });

const calls = till.Submit(who);
calls.on('data', () => {}).on('error', (error) => console.error(`not shown: ${error.details}`) || process.exit(1));
let seq = 0;
setInterval(() => calls.write({ live: [{ key: 'cart', seq: (seq += 1), cart }], numbers_left: 4294967295 }), 1000);
