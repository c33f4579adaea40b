import { signOut } from '../../api/sign-in.ts'
import { Button } from '../../parts/button.tsx'
import { Card, CardBody } from '../../parts/card.tsx'
import { Segmented } from '../../parts/segmented.tsx'
import { useMe } from '../../shell/me.ts'
import { chooseTheme, type ThemeChoice } from '../../shell/theme.ts'
import { useThemeChoice } from '../../shell/use-theme.ts'

const THEMES: readonly { value: ThemeChoice; title: string }[] = [
  { value: 'system', title: 'As the system' },
  { value: 'light', title: 'Light' },
  { value: 'dark', title: 'Dark' },
]

/** What is one's own: the theme, in this browser, and one's sessions. */
export function Appearance() {
  const { user } = useMe()
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Card title="Theme" hint="In this browser">
        <CardBody>
          <Segmented label="Theme" value={useThemeChoice()} options={THEMES} onChange={chooseTheme} />
        </CardBody>
      </Card>
      <Card title="Your sessions" hint={user ? `Signed in as ${user.email}, ${user.role}` : undefined}>
        <CardBody>
          <Button look="danger" onClick={() => void signOut(true)}>
            Sign out everywhere
          </Button>
        </CardBody>
      </Card>
    </div>
  )
}
