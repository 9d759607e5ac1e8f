// An AT Protocol network of its own on loopback: PLC and PDS; with FULL=1 also the AppView and what
// it stands on. Prints one JSON line when it is ready and stops on SIGTERM.
//
// Ports: PLC_PORT, PDS_PORT, BSKY_PORT, OZONE_PORT. FULL=1 needs DB_POSTGRES_URL and REDIS_HOST
// (host:port) and takes SCHEMA (letters and _ only). CHAT_URL, where set, becomes the chat service
// of an account of its own, named by "chatDid" in the line that is printed.
import net from 'node:net'

const LOOPBACK = '127.0.0.1'

// The servers offer no address to listen on and would take every interface.
function keepToLoopback() {
  const listen = net.Server.prototype.listen
  net.Server.prototype.listen = function (first, ...rest) {
    if (first !== null && typeof first === 'object' && 'port' in first) {
      return listen.call(this, { ...first, host: LOOPBACK }, ...rest)
    }
    if (/^\d+$/.test(String(first))) {
      const ready = rest.filter((argument) => typeof argument === 'function')
      return listen.call(this, { port: Number(first), host: LOOPBACK }, ...ready)
    }
    return listen.call(this, first, ...rest)
  }
}

const port = (name, fallback) => Number(process.env[name] ?? fallback)

async function startNetwork() {
  const { TestNetwork, TestNetworkNoAppView } = await import('@atproto/dev-env')
  const plc = { port: port('PLC_PORT', 2582) }
  const pds = {
    port: port('PDS_PORT', 2583),
    hostname: 'localhost',
    enableDidDocWithSession: true,
  }
  if (process.env.FULL !== '1') return TestNetworkNoAppView.create({ plc, pds })
  const bskyPort = port('BSKY_PORT', 2584)
  return TestNetwork.create({
    plc,
    pds,
    dbPostgresSchema: process.env.SCHEMA ?? 'amends',
    bsky: { port: bskyPort, publicUrl: `http://localhost:${bskyPort}` },
    ozone: { port: port('OZONE_PORT', 2587) },
  })
}

// The open source holds no chat service: the PDS finds a stand-in by this account's DID document.
async function registerChat(plcUrl, chatUrl) {
  const { Client } = await import('@did-plc/lib')
  const { Secp256k1Keypair } = await import('@atproto/crypto')
  const key = await Secp256k1Keypair.create()
  const plc = new Client(plcUrl)
  const did = await plc.createDid({
    signingKey: key.did(),
    rotationKeys: [key.did()],
    handle: 'chat.test',
    pds: chatUrl,
    signer: key,
  })
  await plc.updateData(did, key, (document) => ({
    ...document,
    services: {
      ...document.services,
      bsky_chat: { type: 'BskyChatService', endpoint: chatUrl },
    },
  }))
  return did
}

keepToLoopback()
const network = await startNetwork()
const chatUrl = process.env.CHAT_URL
const chatDid = chatUrl ? await registerChat(network.plc.url, chatUrl) : undefined

let stopping = false
async function stop() {
  if (stopping) return
  stopping = true
  await network.close().catch(() => {})
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)

console.log(
  JSON.stringify({
    ready: true,
    plc: network.plc.url,
    pds: network.pds.url,
    appview: network.bsky?.url,
    chatDid,
  }),
)
