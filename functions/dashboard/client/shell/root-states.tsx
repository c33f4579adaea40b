import { Link } from '@tanstack/react-router'
import { buttonClass } from '../parts/button.tsx'
import { Empty, Failed } from '../parts/states.tsx'

export const MissingPage = () => (
  <main className="pt-24">
    <Empty
      title="There is no such page"
      action={
        <Link to="/" className={buttonClass()}>
          Go to the overview
        </Link>
      }
    >
      The address may be mistyped, or the page has moved.
    </Empty>
  </main>
)

export const RootError = ({ error }: { error: unknown }) => (
  <main className="pt-24">
    <Failed error={error instanceof Error ? error : new Error(String(error))} retry={() => location.reload()} />
  </main>
)
