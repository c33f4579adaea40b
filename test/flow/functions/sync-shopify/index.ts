import { serveSync } from '../../../../shared/serve.ts'
import { scriptedShop } from '../../scripted.ts'

/** The real function but for its provider, which asks the test before each page. */
serveSync(
  scriptedShop({
    pages: 6,
    perPage: 260,
    beforePage: async (at) => void (await fetch(`${process.env.GATE_URL}/${at}`)),
  }),
)
