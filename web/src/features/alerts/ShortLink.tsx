import { Navigate, useParams } from 'react-router';

/** The link that notifications carry; it goes to the alert. */
export default function ShortLink() {
    const { id = '' } = useParams();
    return <Navigate to={`/alerts/${encodeURIComponent(id)}`} replace />;
}
