export default function InvestigationPage() {
    return null;
}
